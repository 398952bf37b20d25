import type { Task } from "@/api/types";
import { useMessages } from "@/i18n/messages";
import { Tag, type Tone } from "@/ui/Tag";
import { messages } from "./messages";

const TONES: Record<Task["status"], Tone> = { open: "neutral", settled: "ok", disputed: "warn" };

export function StatusTag({ task }: { task: Pick<Task, "status"> }) {
  const t = useMessages(messages);
  return <Tag tone={TONES[task.status]}>{t[`status_${task.status}`]}</Tag>;
}
