// What a paused labeler asks and is told; loaded only for them.
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { client, unwrap } from "@/api/client";
import { keys } from "@/api/query";

const at = (project: number) => ({ params: { path: { project_id: project } } });
const standing = (project: number) => [...keys.project(project), "standing"];

/** Why the labeler is paused, what they wrote, and what was answered. */
export function useStanding(project: number) {
  return useQuery({
    queryKey: standing(project),
    queryFn: () => unwrap(client.GET("/api/v1/projects/{project_id}/standing/", at(project))),
    refetchInterval: 20_000,
  });
}

export function useAppeal(project: number) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (message: string) =>
      unwrap(
        client.POST("/api/v1/projects/{project_id}/appeal/", { ...at(project), body: { message } }),
      ),
    onSuccess: (found) => queries.setQueryData(standing(project), found),
  });
}
