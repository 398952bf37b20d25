// The server's side of the wire for component tests: replies by method and path, and a record.
import { vi } from "vitest";

export interface Received {
  method: string;
  path: string;
  query: URLSearchParams;
  body: unknown;
  headers: Headers;
}

type Reply = { status?: number; body?: unknown };
type Handler = (request: Received, match: RegExpExecArray) => Reply;

export class FakeServer {
  readonly received: Received[] = [];
  private readonly handlers: { method: string; path: RegExp; handler: Handler }[] = [];

  /** `path` may hold `:name` for any part; the latest handler of a path wins. */
  on(method: string, path: string, handler: Handler): this {
    const pattern = new RegExp(`^${path.replace(/:[a-z]+/g, "([^/]+)")}$`);
    this.handlers.unshift({ method, path: pattern, handler });
    return this;
  }

  of(method: string, path: string): Received[] {
    return this.received.filter((one) => one.method === method && one.path === path);
  }

  /** Takes the place of `fetch` until the test ends. */
  install(): this {
    vi.stubGlobal("fetch", async (request: Request) => this.answer(request));
    return this;
  }

  private async answer(request: Request): Promise<Response> {
    const { pathname: path, searchParams: query } = new URL(request.url);
    const text = await request.text();
    const body: unknown = text ? JSON.parse(text) : undefined;
    const received = { method: request.method, path, query, body, headers: request.headers };
    this.received.push(received);
    for (const { method, path: pattern, handler } of this.handlers) {
      const match = method === request.method ? pattern.exec(path) : null;
      if (match) return reply(handler(received, match));
    }
    return reply({ status: 404, body: { code: "not_found", detail: `No ${path} here.` } });
  }
}

function reply({ status = 200, body }: Reply): Response {
  const text = body === undefined || status === 204 ? null : JSON.stringify(body);
  return new Response(text, { status, headers: { "Content-Type": "application/json" } });
}
