// A project's figures, kept moving while somebody watches.
import { useQuery } from "@tanstack/react-query";
import { client, unwrap } from "./client";
import { keys } from "./query";

export function useReport(project: number, refetchInterval: number | false = 3000) {
  return useQuery({
    queryKey: keys.report(project),
    queryFn: () =>
      unwrap(
        client.GET("/api/v1/projects/{project_id}/report/", {
          params: { path: { project_id: project } },
        }),
      ),
    refetchInterval,
  });
}
