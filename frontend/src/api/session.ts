// Who is signed in, and signing in and out.
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { client, unwrap } from "./client";
import { signInNeeded } from "./http";
import { keys } from "./query";
import type { Session, SignedInUser } from "./types";

export function useSession() {
  return useQuery({
    queryKey: keys.session,
    queryFn: () => unwrap(client.GET("/api/v1/session/")),
    staleTime: Number.POSITIVE_INFINITY,
  });
}

/** The signed-in user; only for screens inside the shell, which shows nothing without one. */
export function useUser(): SignedInUser {
  const user = useSession().data?.user;
  if (!user) throw new Error("useUser outside of a session");
  return user;
}

export function useSignIn() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (body: { username: string; password: string }) =>
      unwrap(client.POST("/api/v1/session/", { body })),
    onSuccess: (session) => {
      const before = queries.getQueryData<Session>(keys.session)?.user?.id;
      // Another person must not see what the first one had loaded.
      if (before !== undefined && before !== session.user?.id) queries.clear();
      queries.setQueryData(keys.session, session);
      signInNeeded.setState({ needed: false, putOffUntil: 0 });
      void queries.invalidateQueries({
        predicate: (query) => query.queryKey[0] !== keys.session[0],
      });
    },
  });
}

export function useSignOut() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: () => unwrap(client.DELETE("/api/v1/session/")),
    onSuccess: () => {
      const session = queries.getQueryData<Session>(keys.session);
      signInNeeded.setState({ needed: false, putOffUntil: 0 });
      // The session stays where it is, so that whoever looks at it is told, from the root down.
      if (session) queries.setQueryData(keys.session, { ...session, user: null });
      queries.removeQueries({ predicate: ({ queryKey }) => queryKey[0] !== keys.session[0] });
    },
  });
}

export function useChangeSession() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (body: Partial<Pick<SignedInUser, "theme" | "language" | "display_name">>) =>
      unwrap(client.PATCH("/api/v1/session/", { body })),
    onSuccess: (session) => queries.setQueryData(keys.session, session),
  });
}
