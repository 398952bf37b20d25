// One way to the server for everything: adds the CSRF token and notices an ended session.
import { createStore } from "zustand/vanilla";
import { ApiError, errorFrom, unreachable } from "./errors";

/** True from a 401 until the next sign-in: the sign-in dialog shows over the screen. */
export const signInNeeded = createStore(() => ({ needed: false, putOffUntil: 0 }));

/** For whoever closes the dialog to finish what they are typing: requests of the background, which
 *  go on, must not put it under their hands again. */
const PUT_OFF_MS = 60_000;

export function putOffSignIn(): void {
  signInNeeded.setState({ needed: false, putOffUntil: Date.now() + PUT_OFF_MS });
}

function askToSignIn(): void {
  if (Date.now() >= signInNeeded.getState().putOffUntil) signInNeeded.setState({ needed: true });
}

const SAFE = new Set(["GET", "HEAD", "OPTIONS"]);

export function csrfToken(cookies = document.cookie): string {
  const pair = cookies.split("; ").find((part) => part.startsWith("csrftoken="));
  return pair ? decodeURIComponent(pair.slice("csrftoken=".length)) : "";
}

/** `fetch` with the session; the sign-in request itself may fail with 401 quietly. */
export async function sessionFetch(request: Request): Promise<Response> {
  if (!SAFE.has(request.method)) request.headers.set("X-CSRFToken", csrfToken());
  const response = await fetch(request);
  if (response.status === 401 && !request.url.includes("/api/v1/session/")) {
    askToSignIn();
  }
  return response;
}

async function document_(response: Response): Promise<unknown> {
  const text = await response.text();
  if (text === "") return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

export interface Outgoing {
  method: string;
  path: string;
  body?: unknown;
  headers?: Record<string, string>;
  signal?: AbortSignal;
  /** It goes out even if the page is closed meanwhile; for small ones. */
  keepalive?: boolean;
}

export interface Reply {
  status: number;
  body: unknown;
  /** Seconds that the server asks to wait before the next try. */
  retryAfter: number | null;
}

/** Sends a request that was put together elsewhere, such as by the outbox. */
export async function send(outgoing: Outgoing): Promise<Reply> {
  const { method, path, body, headers, signal, keepalive = false } = outgoing;
  const request = new Request(new URL(path, location.origin), {
    method,
    signal,
    keepalive,
    headers: { ...(body === undefined ? {} : { "Content-Type": "application/json" }), ...headers },
    body: body === undefined ? undefined : JSON.stringify(body),
  });
  const response = await sessionFetch(request).catch(() => {
    throw unreachable();
  });
  const after = Number(response.headers.get("Retry-After"));
  return {
    status: response.status,
    body: await document_(response),
    retryAfter: Number.isFinite(after) && after > 0 ? after : null,
  };
}

/** `send`, but anything except a success is thrown as an `ApiError`. */
export async function sendOrThrow<Body>(outgoing: Outgoing): Promise<Body> {
  const reply = await send(outgoing);
  if (reply.status >= 400) throw errorFrom(reply.status, reply.body);
  return reply.body as Body;
}

/** Uploads with progress, which `fetch` cannot report. */
export function upload<Body>(
  path: string,
  form: FormData,
  onProgress: (sent: number, total: number) => void,
  signal?: AbortSignal,
): Promise<Body> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open("POST", path);
    request.setRequestHeader("X-CSRFToken", csrfToken());
    request.responseType = "json";
    request.upload.onprogress = (event) => onProgress(event.loaded, event.total);
    request.onerror = () => reject(unreachable());
    request.onabort = () => reject(new ApiError(0, "cancelled", "The upload was cancelled."));
    request.onload = () => {
      if (request.status === 401) askToSignIn();
      if (request.status >= 400) reject(errorFrom(request.status, request.response));
      else resolve(request.response as Body);
    };
    signal?.addEventListener("abort", () => request.abort());
    request.send(form);
  });
}
