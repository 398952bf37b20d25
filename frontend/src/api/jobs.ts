// Jobs on their way, followed until they end.
import { useQuery } from "@tanstack/react-query";
import { client, unwrap } from "./client";
import { keys } from "./query";
import type { Job } from "./types";

export function hasEnded(job: Pick<Job, "state">): boolean {
  return job.state === "done" || job.state === "failed" || job.state === "cancelled";
}

/** A job, asked for each second until it has ended. */
export function useJob(id: number | null) {
  return useQuery({
    queryKey: keys.job(id ?? 0),
    queryFn: () =>
      unwrap(client.GET("/api/v1/jobs/{job_id}/", { params: { path: { job_id: id ?? 0 } } })),
    enabled: id !== null,
    refetchInterval: ({ state }) => (state.data && hasEnded(state.data) ? false : 1000),
  });
}
