/** The script that adds rows to sets in the browser. Without it, the button sends the form and gets it back with one more row. */
import { html } from "../../views/html.ts";

// Text of a page, not code of this module: it gets the nonce of the reply. Names, ids and references of the template have __row__ for the
// number of the row.
const text = `<script type="module">
addEventListener("click", (event) => {
  const button = event.target instanceof Element ? event.target.closest("button[name$='.add']") : null;
  const name = button?.name.slice(0, -4);
  const template = button?.form && [...button.form.querySelectorAll("template[data-rows]")].find((each) => each.dataset.rows === name);
  const count = template && button.form.elements.namedItem(name + ".count");
  if (!count || event.defaultPrevented) return;
  event.preventDefault();
  const number = Number(count.value);
  const row = template.content.cloneNode(true);
  const first = row.firstElementChild;
  const id = first.id.slice(0, -"__row__".length);
  for (const element of row.querySelectorAll("*"))
    for (const attribute of element.attributes)
      if (attribute.value === "__row__") attribute.value = String(number + 1);
      else attribute.value = attribute.value.replaceAll(name + ".__row__", name + "." + number).replaceAll(id + "__row__", id + number);
  const legend = first.querySelector("legend");
  if (legend) legend.textContent = legend.textContent.replace("__row__", String(number + 1));
  template.before(row);
  count.value = String(number + 1);
  button.hidden = number + 1 >= Number(template.dataset.max);
  first.querySelector("input:not([type=hidden]), select, textarea, button")?.focus();
});
</script>`;

/** Bundlers cannot keep a tagged template with the end of a script: the template is made of a plain string. */
export const rowScript = html(Object.freeze(Object.assign([text], { raw: Object.freeze([text]) })));
