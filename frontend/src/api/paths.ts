// The addresses of the server, as its OpenAPI schema describes them.
export type { paths } from "./schema";
