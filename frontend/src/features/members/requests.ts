// Members of a project, and invitations to it.
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { client, unwrap } from "@/api/client";
import { keys, usePages } from "@/api/query";
import type { Member, Page, Role } from "@/api/types";

export function useMembers(project: number) {
  return usePages(
    keys.members(project),
    (cursor) =>
      unwrap(
        client.GET("/api/v1/projects/{project_id}/members/", {
          params: { path: { project_id: project }, query: { cursor, limit: 200 } },
        }),
      ) as Promise<Page<Member>>,
  );
}

export function useAddMember(project: number) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (body: { username: string; role: Role }) =>
      unwrap(
        client.POST("/api/v1/projects/{project_id}/members/", {
          params: { path: { project_id: project } },
          body,
        }),
      ) as Promise<Member>,
    onSuccess: () => queries.invalidateQueries({ queryKey: keys.members(project) }),
  });
}

export function useChangeMember(project: number) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: ({ id, ...body }: { id: number; role?: Role; active?: boolean }) =>
      unwrap(
        client.PATCH("/api/v1/members/{member_id}/", { params: { path: { member_id: id } }, body }),
      ),
    onSettled: () => queries.invalidateQueries({ queryKey: keys.members(project) }),
  });
}

export function useRemoveMember(project: number) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (id: number) =>
      unwrap(
        client.DELETE("/api/v1/members/{member_id}/", { params: { path: { member_id: id } } }),
      ),
    onSettled: () => queries.invalidateQueries({ queryKey: keys.members(project) }),
  });
}

export function useInvite(project: number) {
  return useMutation({
    mutationFn: (body: { role: Role; days: number }) =>
      unwrap(client.POST("/api/v1/invitations/", { body: { project, ...body } })),
  });
}

export function useInvitation(code: string) {
  return useQuery({
    queryKey: ["invitations", code],
    queryFn: () =>
      unwrap(client.GET("/api/v1/invitations/{code}/", { params: { path: { code } } })),
    retry: false,
    staleTime: Number.POSITIVE_INFINITY,
  });
}

export interface NewAccount {
  username: string;
  password: string;
  display_name: string;
}

/** Joins as whoever is signed in; with an account's data it is made, and signed in. */
export function useAcceptInvitation(code: string) {
  return useMutation({
    mutationFn: (account: NewAccount | null) =>
      unwrap(
        client.POST("/api/v1/invitations/{code}/accept/", {
          params: { path: { code } },
          body: (account ?? {}) as NewAccount,
        }),
      ),
  });
}
