import { NativeSelect } from "@mantine/core";
import { useEffect } from "react";
import { methodsOf, useTaskKinds } from "@/api/taskKinds";
import { useMessages } from "@/i18n/messages";
import { nameOf, names } from "@/ui/names";
import type { ProjectFormHook } from "./ProjectForm";

const AUTO = "auto";

interface Props {
  form: ProjectFormHook;
  type: string;
  label: string;
}

/** How answers of this kind become one; what the server has for it, so that a new method shows up by itself. */
export function MethodSelect({ form, type, label }: Props) {
  const called = useMessages(names);
  const kinds = useTaskKinds();
  const methods = methodsOf(kinds.data ?? [], type);
  const chosen = form.values.consensus_method;
  const fits = !methods.length || methods.includes(chosen);
  const { setFieldValue } = form;
  useEffect(() => {
    // Another kind of question was chosen: its answers cannot be settled by the old one's method.
    if (!fits) setFieldValue("consensus_method", AUTO);
  }, [fits, setFieldValue]);
  return (
    <NativeSelect
      label={label}
      data={(methods.length ? methods : [chosen]).map((name) => ({
        value: name,
        label: nameOf(called, "method", name),
      }))}
      {...form.getInputProps("consensus_method")}
    />
  );
}
