// The typed client. Every call goes through `unwrap`, so that errors are thrown as `ApiError`.
import createClient from "openapi-fetch";
import { errorFrom, unreachable } from "./errors";
import { sessionFetch } from "./http";
import type { paths } from "./paths";
import type { Shaped } from "./types";

export const client = createClient<paths>({ baseUrl: location.origin, fetch: sessionFetch });

interface Result<Data> {
  data?: Data;
  error?: unknown;
  response: Response;
}

/** The document of a reply: `await unwrap(client.GET("/api/v1/projects/"))`. */
export async function unwrap<Data>(call: Promise<Result<Data>>): Promise<Shaped<Data>> {
  const result = await call.catch((error: unknown) => {
    throw error instanceof TypeError ? unreachable() : error;
  });
  if (!result.response.ok) throw errorFrom(result.response.status, result.error);
  return result.data as Shaped<Data>;
}
