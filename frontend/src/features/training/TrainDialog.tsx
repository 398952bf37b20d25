// Asks what to train with before a run is started by hand.
import { Modal, NativeSelect, TextInput } from "@mantine/core";
import { useState } from "react";
import { useNavigate } from "react-router";
import type { Project } from "@/api/types";
import { formatNumber, useMessages } from "@/i18n/messages";
import { DialogForm } from "@/ui/DialogForm";
import { nameOf, names } from "@/ui/names";
import { notify } from "@/ui/notify";
import { messages } from "./messages";
import { useBudget, useStartRun } from "./requests";
import classes from "./TrainDialog.module.css";

const RECIPES = ["fast", "svm", "cnn", "hog_logreg", "small_cnn"];
const READERS = ["line_crnn"];

export function TrainDialog({ project, onClose }: { project: Project; onClose: () => void }) {
  const t = useMessages(messages);
  const called = useMessages(names);
  const start = useStartRun(project.id);
  const go = useNavigate();
  const reads = project.task_type === "transcription";
  const brought = project.weights === "" ? [] : ["external"];
  const known = reads ? READERS : [...RECIPES, ...brought];
  const own = known.includes(project.recipe) || !reads;
  const [recipe, setRecipe] = useState(own ? project.recipe : "line_crnn");
  const [budget, setBudget] = useState("");
  const most = useBudget(project.id).data?.per_run;
  const [seed, setSeed] = useState("0");
  const recipes = known.includes(recipe) ? known : [recipe, ...known];
  const send = () => {
    start.mutate(
      { recipe, seed: Number(seed) || 0, budget: Number(budget) || null },
      {
        onSuccess: (run) => {
          notify(t.started(run.id));
          void go(`/projects/${project.id}/runs/${run.id}`);
        },
      },
    );
  };
  return (
    <Modal
      opened
      onClose={onClose}
      title={t.trainTitle}
      size={460}
      closeButtonProps={{ "aria-label": t.cancel }}
    >
      <DialogForm
        action={t.start}
        sending={start.isPending}
        refusal={start.error?.detail}
        onSend={send}
        onClose={onClose}
      >
        <p className={classes.text}>{t.trainText}</p>
        <NativeSelect
          label={t.recipe}
          value={recipe}
          data-autofocus
          onChange={(event) => setRecipe(event.currentTarget.value)}
          data={recipes.map((name) => ({ value: name, label: nameOf(called, "recipe", name) }))}
        />
        <TextInput
          label={t.seed}
          description={t.seedHint}
          inputMode="numeric"
          pattern="[0-9]{1,9}"
          w={140}
          styles={{ description: { whiteSpace: "nowrap" } }}
          value={seed}
          onChange={(event) => setSeed(event.currentTarget.value)}
        />
        <TextInput
          label={t.budgetField}
          description={t.budgetHint(most === undefined ? "…" : formatNumber(most))}
          inputMode="numeric"
          pattern="[1-9][0-9]{0,5}"
          w={140}
          styles={{ description: { whiteSpace: "nowrap" } }}
          value={budget}
          onChange={(event) => setBudget(event.currentTarget.value)}
        />
      </DialogForm>
    </Modal>
  );
}
