// One's own API tokens.
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { client, unwrap } from "@/api/client";
import { keys, usePages } from "@/api/query";
import type { ApiToken, Page } from "@/api/types";

export type Scope = "read" | "write" | "admin";

export interface NewToken {
  name: string;
  scopes: Scope[];
  expires_in_days: number | null;
}

export function useTokens() {
  return usePages(
    keys.tokens,
    (cursor) =>
      unwrap(client.GET("/api/v1/tokens/", { params: { query: { cursor } } })) as Promise<
        Page<ApiToken>
      >,
  );
}

export function useMakeToken() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (body: NewToken) => unwrap(client.POST("/api/v1/tokens/", { body })),
    onSuccess: () => queries.invalidateQueries({ queryKey: keys.tokens }),
    // A secret should not stay in memory longer than it is shown.
    gcTime: 0,
  });
}

export function useRevokeToken() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (id: number) =>
      unwrap(client.DELETE("/api/v1/tokens/{id}/", { params: { path: { id } } })),
    onSettled: () => queries.invalidateQueries({ queryKey: keys.tokens }),
  });
}
