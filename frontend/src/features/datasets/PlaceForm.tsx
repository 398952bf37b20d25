// Files that lie on the server or in a bucket: which place, and what part of it.
import { Button, NativeSelect, TextInput } from "@mantine/core";
import { useState } from "react";
import { useMessages } from "@/i18n/messages";
import { messages } from "./messages";
import classes from "./PlaceForm.module.css";
import { type Place, useImportPlaces } from "./preview";

/** Nothing where the operator has opened no place. */
export function PlaceForm({ onPlace }: { onPlace: (place: Place) => void }) {
  const t = useMessages(messages);
  const places = useImportPlaces().data?.places ?? [];
  const [chosen, setChosen] = useState(0);
  const [path, setPath] = useState("");
  const place = places[chosen];
  if (!place) return null;
  return (
    <form
      className={classes.form}
      aria-label={t.placeTitle}
      onSubmit={(event) => {
        event.preventDefault();
        onPlace({ ...place, path: path.trim() });
      }}
    >
      <NativeSelect
        label={t.placeLabel}
        value={chosen}
        onChange={(event) => setChosen(Number(event.currentTarget.value))}
        data={places.map(({ kind, name }, at) => ({
          value: String(at),
          label: kind === "folder" ? t.placeFolder(name) : t.placeBucket(name),
        }))}
      />
      <TextInput
        className={classes.path}
        label={t.placePath}
        placeholder={t.placePathHint}
        value={path}
        onChange={(event) => setPath(event.currentTarget.value)}
      />
      <Button type="submit" variant="default">
        {t.placeCheck}
      </Button>
    </form>
  );
}
