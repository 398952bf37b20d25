// The state of the installation, and its jobs.
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { client, unwrap } from "@/api/client";
import { keys, usePages } from "@/api/query";
import type { Job, JobState, Page } from "@/api/types";

export function useStatus() {
  return useQuery({
    queryKey: keys.status,
    queryFn: () => unwrap(client.GET("/api/v1/status/")),
    refetchInterval: 5000,
  });
}

export function useJobs(state: JobState | undefined) {
  return usePages(
    [...keys.jobs, { state }],
    (cursor) =>
      unwrap(client.GET("/api/v1/jobs/", { params: { query: { cursor, state } } })) as Promise<
        Page<Job>
      >,
    { refetchInterval: 3000 },
  );
}

export function useJobAction(action: "cancel" | "retry") {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (id: number) => {
      const path = { params: { path: { job_id: id } } };
      return unwrap(
        action === "cancel"
          ? client.POST("/api/v1/jobs/{job_id}/cancel/", path)
          : client.POST("/api/v1/jobs/{job_id}/retry/", path),
      );
    },
    onSettled: () => queries.invalidateQueries({ queryKey: keys.jobs }),
  });
}
