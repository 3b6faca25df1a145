// Keeps the free copies on the page of a book up to date. Without this script, the page shows them as they were when it was loaded.
const place = document.querySelector("[data-copies]");
const hint = document.querySelector("[data-copies-hint]");

if (place !== null) {
  const wasFree = place.dataset.free !== "0";
  const source = new EventSource(place.dataset.copies);
  source.addEventListener("copies", (event) => {
    const { free, copies } = JSON.parse(event.data);
    const text = `${free} of ${copies} in the library`;
    // The same text again would be read aloud for nothing.
    if (place.textContent !== text) place.textContent = text;
    if (hint !== null) hint.hidden = wasFree === free > 0;
  });
}
