// Predictions from elsewhere: which tables came, what became of their rows, sending one.
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { client, unwrap } from "@/api/client";
import { upload } from "@/api/http";
import { keys, usePages } from "@/api/query";
import type { components } from "@/api/schema";
import type { Page } from "@/api/types";

export type Predictions = components["schemas"]["PredictionsDocument"];
export type TrainedOn = Predictions["trained_on"];

export const TRAINED_ON: readonly TrainedOn[] = ["unknown", "labels", "elsewhere"];
/** The task types whose answers a table can give. */
export const PREDICTABLE: readonly string[] = ["choice", "transcription"];

const listKey = (project: number) => [...keys.versions(project), "predictions"];

export function usePredictions(project: number) {
  return usePages(
    listKey(project),
    (cursor) =>
      unwrap(
        client.GET("/api/v1/projects/{project_id}/predictions/", {
          params: { path: { project_id: project }, query: { cursor } },
        }),
      ) as Promise<Page<Predictions>>,
    { refetchInterval: 3000 },
  );
}

/** One table with the rows that were refused; asked for when somebody opens it. */
export function usePredictionTable(id: number) {
  return useQuery({
    queryKey: ["predictions", id],
    queryFn: () =>
      unwrap(
        client.GET("/api/v1/predictions/{predictions_id}/", {
          params: { path: { predictions_id: id } },
        }),
      ) as Promise<Predictions>,
  });
}

interface Sent {
  file: File;
  name: string;
  trainedOn: TrainedOn;
}

export function useSendPredictions(project: number) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: ({ file, name, trainedOn }: Sent) => {
      const form = new FormData();
      form.append("name", name);
      form.append("trained_on", trainedOn);
      form.append("file", file, file.name);
      return upload<{ predictions: Predictions }>(
        `/api/v1/projects/${project}/predictions/`,
        form,
        () => undefined,
      );
    },
    onSuccess: () => queries.invalidateQueries({ queryKey: keys.versions(project) }),
  });
}
