// What a request may end with when it does not end well.

/** Field name to the reasons why its value was refused, as the server gives them. */
export type FieldErrors = Record<string, string[]>;

export class ApiError extends Error {
  constructor(
    /** 0 when no answer came at all. */
    readonly status: number,
    readonly code: string,
    readonly detail: string,
    readonly fields: FieldErrors = {},
    /** The whole document, for codes that carry more. */
    readonly body: unknown = null,
  ) {
    super(detail);
    this.name = "ApiError";
  }

  get offline(): boolean {
    return this.status === 0;
  }
}

const FALLBACK: Record<number, string> = {
  401: "Sign in to go on.",
  403: "You may not do this.",
  404: "This does not exist, or you have no access to it.",
  413: "The file is larger than the server takes.",
  429: "Too many requests. Wait a moment and try again.",
  503: "The server is busy or its database is away. It is tried again.",
};

function asFields(value: unknown): FieldErrors {
  if (typeof value !== "object" || value === null) return {};
  return Object.fromEntries(
    Object.entries(value).map(([name, why]) => [
      name,
      Array.isArray(why) ? why.map(String) : [String(why)],
    ]),
  );
}

/** The error in a reply that is not a success; any body will do, HTML of a proxy too. */
export function errorFrom(status: number, body: unknown): ApiError {
  const known = typeof body === "object" && body !== null ? (body as Record<string, unknown>) : {};
  const code = typeof known.code === "string" ? known.code : `http_${status}`;
  const detail =
    typeof known.detail === "string"
      ? known.detail
      : (FALLBACK[status] ?? `The server answered with an error (${status}).`);
  return new ApiError(status, code, detail, asFields(known.fields), body);
}

export function unreachable(): ApiError {
  return new ApiError(0, "unreachable", "The server cannot be reached.");
}

export function asApiError(error: unknown): ApiError {
  if (error instanceof ApiError) return error;
  if (error instanceof TypeError) return unreachable();
  const detail = error instanceof Error ? error.message : String(error);
  return new ApiError(-1, "client_error", detail);
}
