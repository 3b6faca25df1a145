// Follows the development server: reloads the page when the application has changed.
const events = new EventSource("/_gable/events");
events.addEventListener("reload", () => location.reload());
