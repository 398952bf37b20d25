// What was dropped or chosen, folders opened, as a flat list of files with their paths.
import type { Source } from "./plan";

type Entry = FileSystemEntry;

/**
 * Folders and files as entries, and as plain files what the browser gives no entry for. Must be
 * called while the drop event is being handled: afterwards the browser has emptied it.
 */
export function entriesOf(transfer: DataTransfer): (Entry | File)[] {
  return [...transfer.items]
    .filter((item) => item.kind === "file")
    .map((item) => item.webkitGetAsEntry?.() ?? item.getAsFile())
    .filter((entry) => entry !== null);
}

export async function filesIn(entries: readonly (Entry | File)[]): Promise<Source[]> {
  const found: Source[] = [];
  const open = [...entries];
  for (let entry = open.shift(); entry; entry = open.shift()) {
    if (entry instanceof File) found.push({ file: entry, path: entry.name });
    else if (entry.isFile) found.push(await fileOf(entry as FileSystemFileEntry));
    else if (entry.isDirectory) open.push(...(await childrenOf(entry as FileSystemDirectoryEntry)));
  }
  return found.sort((a, b) => (a.path < b.path ? -1 : 1));
}

function fileOf(entry: FileSystemFileEntry): Promise<Source> {
  const path = entry.fullPath.replace(/^\//, "");
  return new Promise((resolve, reject) => entry.file((file) => resolve({ file, path }), reject));
}

/** A folder gives its children some at a time; an empty answer is the end. */
async function childrenOf(folder: FileSystemDirectoryEntry): Promise<Entry[]> {
  const reader = folder.createReader();
  const children: Entry[] = [];
  for (;;) {
    const some = await new Promise<Entry[]>((resolve, reject) =>
      reader.readEntries(resolve, reject),
    );
    if (some.length === 0) return children;
    children.push(...some);
  }
}

/** Files of an input, which has folders already opened. */
export function chosen(list: FileList): Source[] {
  return [...list].map((file) => ({ file, path: file.webkitRelativePath || file.name }));
}
