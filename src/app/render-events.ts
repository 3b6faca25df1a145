/** Publishes how long views take to become text, on the channel `gable.view.render` of node:diagnostics_channel. */
import type { ReplyBody } from "../http/message.ts";
import { isFileBody } from "../http/message.ts";
import { openChannel } from "../parts/event-channel.ts";
import type { RenderContext } from "../views/rendering/render-context.ts";
import type { Rendered } from "../views/rendering/render.ts";

/** The event on the channel `gable.view.render` when a view has become text, or has failed. */
interface RenderEvent {
  /** Name of the template file; undefined for markup of html``. */
  readonly view: string | undefined;
  /** Duration in ms, with the wait for values that came later; for a stream until its last piece. */
  readonly durationMs: number;
  /** What the view threw; undefined without an error. */
  readonly error: unknown;
}

/** What is known of a view before its text is made: outputs other than HTML are text already then. */
interface CreatedView {
  readonly view: string;
  readonly durationMs: number;
}

const renders = openChannel<RenderEvent>("gable.view.render");
const created = new WeakMap<object, CreatedView>();

/** Whether somebody listens to how long views take. */
export function areRendersWatched(): boolean {
  return renders.hasSubscribers;
}

/** What renders template files. */
interface ViewRenderer {
  render(name: string, props: Readonly<Record<string, unknown>>, context: RenderContext): Rendered;
}

/** Creates a view of a template file, and notes its name where somebody listens. */
export function noteView(views: ViewRenderer, view: string, props: Readonly<Record<string, unknown>>, context: RenderContext): Rendered {
  const startedMs = performance.now();
  try {
    const rendered = views.render(view, props, context);
    created.set(rendered, { view, durationMs: performance.now() - startedMs });
    return rendered;
  } catch (error) {
    renders.publish({ view, durationMs: performance.now() - startedMs, error });
    throw error;
  }
}

/** Makes the text of a view, and publishes how long it took where somebody listens. */
export function publishRender<Body extends ReplyBody | Promise<ReplyBody>>(rendered: Rendered, render: () => Body): Body {
  if (!renders.hasSubscribers) return render();
  const { view, durationMs = 0 } = created.get(rendered) ?? {};
  const startedMs = performance.now();
  const end = (error?: unknown): void => renders.publish({ view, durationMs: durationMs + performance.now() - startedMs, error });
  let body: Body;
  try {
    body = render();
  } catch (error) {
    end(error);
    throw error;
  }
  if (body instanceof Promise) body.then(() => end(), end);
  // A stream of the same pieces is a body of the same kind.
  else if (isStream(body)) return followStream(body, end) as ReplyBody as Body;
  else end();
  return body;
}

function isStream(body: ReplyBody | Promise<ReplyBody>): body is AsyncIterable<string | Uint8Array> {
  return typeof body === "object" && body !== null && Symbol.asyncIterator in body && !(body instanceof Promise) && !isFileBody(body);
}

async function* followStream(
  pieces: AsyncIterable<string | Uint8Array>,
  end: (error?: unknown) => void,
): AsyncGenerator<string | Uint8Array> {
  let failure: unknown;
  try {
    yield* pieces;
  } catch (error) {
    failure = error;
    throw error;
  } finally {
    end(failure);
  }
}
