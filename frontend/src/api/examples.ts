// Pictures that stand with the labels of a project: managers choose them, labelers look at them.
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { client, unwrap } from "./client";
import { keys } from "./query";
import type { components } from "./schema";

export type Example = components["schemas"]["ExampleDocument"];

const ofProject = (project: number) => ({ params: { path: { project_id: project } } });

export function useExamples(project: number, enabled = true) {
  return useQuery({
    queryKey: keys.examples(project),
    queryFn: () =>
      unwrap(client.GET("/api/v1/projects/{project_id}/examples/", ofProject(project))),
    enabled,
    // Signed addresses of pictures end after a few minutes.
    staleTime: 120_000,
  });
}

/** Lets an item stand with a label, or none where `item` is null. */
export function useChooseExample(project: number) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: async ({ label, item }: { label: string; item: number | null }) => {
      const shown = queries.getQueryData<Example[]>(keys.examples(project));
      const known = shown?.find((one) => one.label === label);
      if (item !== null) {
        const body = { label, item };
        const to = { ...ofProject(project), body };
        await unwrap(client.PUT("/api/v1/projects/{project_id}/examples/", to));
      } else if (known) {
        const at = { params: { path: { example_id: known.id } } };
        await unwrap(client.DELETE("/api/v1/examples/{example_id}/", at));
      }
    },
    onSettled: () => queries.invalidateQueries({ queryKey: keys.examples(project) }),
  });
}
