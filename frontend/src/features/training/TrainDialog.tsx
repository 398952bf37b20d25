// Asks what to train with before a run is started by hand.
import { Button, Group, Modal, NativeSelect, Stack, TextInput } from "@mantine/core";
import { type FormEvent, useState } from "react";
import { useNavigate } from "react-router";
import type { Project } from "@/api/types";
import { useMessages } from "@/i18n/messages";
import { nameOf, names } from "@/ui/names";
import { notify } from "@/ui/notify";
import { messages } from "./messages";
import { useStartRun } from "./requests";
import classes from "./TrainDialog.module.css";

const RECIPES = ["fast", "svm", "cnn", "hog_logreg", "small_cnn"];

export function TrainDialog({ project, onClose }: { project: Project; onClose: () => void }) {
  const t = useMessages(messages);
  const called = useMessages(names);
  const start = useStartRun(project.id);
  const go = useNavigate();
  const [recipe, setRecipe] = useState(project.recipe);
  const [seed, setSeed] = useState("0");
  const recipes = RECIPES.includes(project.recipe) ? RECIPES : [project.recipe, ...RECIPES];
  const submit = (event: FormEvent) => {
    event.preventDefault();
    start.mutate(
      { recipe, seed: Number(seed) || 0 },
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
      <form onSubmit={submit}>
        <Stack gap="md">
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
          {start.error && (
            <p className={classes.refusal} role="alert">
              {start.error.detail}
            </p>
          )}
        </Stack>
        <Group justify="flex-end" mt="lg" gap="sm">
          <Button variant="default" onClick={onClose}>
            {t.cancel}
          </Button>
          <Button type="submit" loading={start.isPending}>
            {t.start}
          </Button>
        </Group>
      </form>
    </Modal>
  );
}
