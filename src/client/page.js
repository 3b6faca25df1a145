// Follows `gable dev`: the page changes when files do. The address of this script says which code made the page.
import { showNotices } from "./bar.js";
import { morphDocument } from "./morph.js";

const facts = new URL(import.meta.url).searchParams;
const generation = facts.get("generation");
/** Only a page that a GET request made can be asked for again without asking the visitor. */
const isRepeatable = facts.get("method") === "GET";
const isError = Number(facts.get("status")) >= 400;
/** Number of changes that this page knows of. */
let changes = Number(facts.get("changes"));
/** Restored after the page has loaded again. */
const scrollKey = "gable:scroll";

restoreScroll();
const events = new EventSource("/_gable/events");
on("hello", (data) => {
  showNotices(data.notices);
  // Another worker answers: the code has changed, cannot start, or can start again. Or a file has changed after this page
  // was made, and before it began to listen.
  if (data.generation !== generation || data.changes !== changes) reload();
});
on("reload", reload);
on("notices", (data) => showNotices(data.notices));
on("files", (data) => swapFiles(data.files));
on("views", () => void swapPage());

// A page that the browser keeps for "back" must not hold a stream open, and asks again when it is shown.
addEventListener("pagehide", () => events.close());
addEventListener("pageshow", (event) => {
  if (event.persisted) location.reload();
});

/**
 * @param {string} name
 * @param {(data: any) => void} listener
 */
function on(name, listener) {
  events.addEventListener(name, (event) => {
    const data = JSON.parse(/** @type {MessageEvent<string>} */ (event).data);
    listener(data);
    changes = data.changes;
  });
}

/** Loads the page again; a form that was sent is not sent again. */
function reload() {
  if (!isRepeatable && !isError)
    return showNotices([{ text: "The code has changed. This page answers a form: send the form again, or open the page anew." }]);
  try {
    sessionStorage.setItem(scrollKey, JSON.stringify({ path: location.pathname + location.search, x: scrollX, y: scrollY }));
  } catch {
    // Storage is blocked: the page begins at its top.
  }
  if (isRepeatable) location.reload();
  else location.replace(location.href);
}

function restoreScroll() {
  try {
    const kept = JSON.parse(sessionStorage.getItem(scrollKey) ?? "null");
    sessionStorage.removeItem(scrollKey);
    if (kept?.path === location.pathname + location.search) scrollTo(kept.x, kept.y);
  } catch {
    // As above.
  }
}

/** Asks for the page again, and changes only what differs: form input, scroll and open dialogs stay. */
async function swapPage() {
  if (!isRepeatable || isError) return reload();
  try {
    const reply = await fetch(location.href, { headers: { accept: "text/html" }, cache: "no-store" });
    const isSame =
      reply.ok && (!reply.redirected || sameAddress(reply.url)) && (reply.headers.get("content-type") ?? "").startsWith("text/html");
    if (isSame && morphDocument(new DOMParser().parseFromString(await reply.text(), "text/html"))) return;
  } catch {
    // The worker has been replaced meanwhile, or the page has a policy for such text.
  }
  reload();
}

/** @param {string} url */
function sameAddress(url) {
  const { origin, pathname, search } = new URL(url);
  return origin === location.origin && pathname === location.pathname && search === location.search;
}

/**
 * Gives links and images of changed files a new address.
 * @param {ReadonlyArray<{ path: string, hash: string }>} files
 */
function swapFiles(files) {
  for (const { path, hash } of files) {
    const isStyle = path.endsWith(".css");
    const links = [...document.querySelectorAll("link")].filter((link) => link.rel.includes("stylesheet"));
    // A stylesheet can be part of another one, and an image can be in any of them.
    const direct = links.filter((link) => isAt(link.href, path));
    const chosen = direct.length > 0 ? direct : links.filter((link) => new URL(link.href).origin === location.origin);
    for (const link of chosen) swapLink(link, hash);
    if (!isStyle) swapImages(path, hash);
  }
}

/**
 * The old sheet stays until the new one is there, so that the page never shows without style.
 * @param {HTMLLinkElement} link
 * @param {string} hash
 */
function swapLink(link, hash) {
  const next = /** @type {HTMLLinkElement} */ (link.cloneNode());
  next.nonce = link.nonce;
  next.href = withHash(link.href, hash);
  next.addEventListener("load", () => link.remove());
  next.addEventListener("error", () => next.remove());
  link.after(next);
}

/**
 * @param {string} path
 * @param {string} hash
 */
function swapImages(path, hash) {
  for (const element of document.querySelectorAll("img, source, link[rel~=icon], image, input[type=image], video")) {
    for (const name of ["src", "href", "poster"]) {
      const value = element.getAttribute(name);
      if (value !== null && isAt(value, path)) element.setAttribute(name, withHash(value, hash));
    }
    const set = element.getAttribute("srcset");
    if (set?.includes(path) === true)
      element.setAttribute(
        "srcset",
        set.replaceAll(/[^\s,]+/g, (part) => (isAt(part, path) ? withHash(part, hash) : part)),
      );
  }
}

/**
 * @param {string} address
 * @param {string} path
 */
function isAt(address, path) {
  if (!URL.canParse(address, document.baseURI)) return false;
  const url = new URL(address, document.baseURI);
  return url.origin === location.origin && url.pathname === path;
}

/**
 * @param {string} address
 * @param {string} hash
 */
function withHash(address, hash) {
  const url = new URL(address, document.baseURI);
  url.searchParams.set("v", hash);
  return url.pathname + url.search;
}
