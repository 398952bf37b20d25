// Which weights, brought to the server by its operator, a project's models stand on.
import { NativeSelect } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { client, unwrap } from "@/api/client";
import { formatBytes, useMessages } from "@/i18n/messages";
import { messages } from "./messages";
import type { ProjectFormHook } from "./ProjectForm";

function useWeights() {
  return useQuery({
    queryKey: ["weights"],
    queryFn: () => unwrap(client.GET("/api/v1/weights/")),
  });
}

export function WeightsSelect({ form }: { form: ProjectFormHook }) {
  const t = useMessages(messages);
  const files = useWeights().data ?? [];
  const { weights } = form.values;
  const data = files.map(({ name, size }) => ({
    value: name,
    label: `${name} · ${formatBytes(size)}`,
  }));
  // A file that was taken away stays named, so that saving other settings does not forget it.
  if (weights !== "" && !files.some(({ name }) => name === weights)) {
    data.push({ value: weights, label: weights });
  }
  return (
    <NativeSelect
      label={t.weights}
      description={t.weightsHint}
      data={[{ value: "", label: t.weightsNone }, ...data]}
      {...form.getInputProps("weights")}
    />
  );
}
