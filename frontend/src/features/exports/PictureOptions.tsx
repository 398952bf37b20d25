// With the pictures or without, and what of them nobody is to see.
import { Checkbox, NativeSelect } from "@mantine/core";
import { choiceDocument } from "@/api/project";
import type { ExportFormat, Project } from "@/api/types";
import { useMessages } from "@/i18n/messages";
import { messages } from "./messages";
import { mayBlur, type Order } from "./order";

const BLURS = ["", "regions", "rest"] as const;

interface PictureOptionsProps {
  project: Project;
  format: ExportFormat | undefined;
  order: Order;
  set: (part: Partial<Order>) => void;
}

export function PictureOptions({ project, format, order, set }: PictureOptionsProps) {
  const t = useMessages(messages);
  if (!format || format.pictures === "never") return null;
  const always = format.pictures === "always";
  const shown = always || order.pictures;
  return (
    <>
      <Checkbox
        label={t.pictures}
        description={always ? t.picturesAlways : undefined}
        disabled={always}
        checked={shown}
        onChange={(event) => {
          const pictures = event.currentTarget.checked;
          set(pictures ? { pictures } : { pictures, blur: "", without_metadata: false });
        }}
      />
      {shown && (
        <Checkbox
          label={t.plain}
          description={t.plainText}
          disabled={order.blur !== ""}
          checked={order.without_metadata || order.blur !== ""}
          onChange={(event) => set({ without_metadata: event.currentTarget.checked })}
        />
      )}
      {mayBlur(project.task_type, shown) && <Blur project={project} order={order} set={set} />}
    </>
  );
}

function Blur({ project, order, set }: Omit<PictureOptionsProps, "format">) {
  const t = useMessages(messages);
  const labels = choiceDocument(project).labels;
  return (
    <>
      <NativeSelect
        label={t.blur}
        description={order.blur === "" ? undefined : t.blurText}
        value={order.blur}
        onChange={(event) => set({ blur: event.currentTarget.value as Order["blur"] })}
        data={BLURS.map((value) => ({ value, label: t[`blur_${value || "none"}`] }))}
      />
      {order.blur !== "" && labels.length > 1 && (
        <NativeSelect
          label={t.blurLabel}
          value={order.blur_label}
          onChange={(event) => set({ blur_label: event.currentTarget.value })}
          data={[
            { value: "", label: t.anyLabel },
            ...labels.map(({ name, title }) => ({ value: name, label: title || name })),
          ]}
        />
      )}
    </>
  );
}
