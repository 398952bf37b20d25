// A task type whose answer is drawn.
import type { JsonObject, Label } from "@/api/types";
import { textOf } from "@/i18n/messages";
import type { TaskType, WorkProps } from "../base";
import { type AnswerForm, inWords } from "./answers";
import { messages } from "./messages";
import { ShapesWork } from "./ShapesWork";

export function drawn(form: AnswerForm) {
  return {
    Work: (props: WorkProps) => <ShapesWork {...props} form={form} />,
    ownSide: true,
    describe(answer: JsonObject, schema: JsonObject) {
      const labels = (Array.isArray(schema.labels) ? schema.labels : []) as unknown as Label[];
      const titleOf = (name: string) => labels.find((one) => one.name === name)?.title || name;
      const names = form.labels(answer);
      const index =
        new Set(names).size === 1 ? labels.findIndex((one) => one.name === names[0]) : -1;
      return { text: inWords(names, titleOf) || textOf(messages).nothing, index };
    },
    needsSide: () => false,
  } satisfies TaskType;
}
