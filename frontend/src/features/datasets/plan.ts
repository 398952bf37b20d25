// How many requests an upload takes: pictures in batches, each archive alone, labels last.

/** A file and where it lay in what was dropped. */
export interface Source {
  file: File;
  path: string;
}

export interface Plan {
  batches: Source[][];
  /** Tables and other files of labels, which are sent once all pictures have been read. */
  tables: Source[];
  bytes: number;
  /** Files of the system that nobody wants, such as .DS_Store. */
  ignored: number;
}

const BATCH_FILES = 500;
const BATCH_BYTES = 64_000_000;
/** Up to here one request takes all: rows of a table then find their pictures by path. */
const WHOLE_FILES = 9000;
const WHOLE_BYTES = 1_500_000_000;

const nameOf = (path: string) => path.slice(path.lastIndexOf("/") + 1);
const isArchive = (path: string) => /\.zip$/i.test(path);
const isTable = (path: string) =>
  /\.(csv|tsv|jsonl?|ndjson|xml|txt|pts|ya?ml|names)$/i.test(nameOf(path));
const isLitter = (path: string) =>
  /(^|\/)(\.|__MACOSX\/)/.test(path) || /^(thumbs\.db|desktop\.ini)$/i.test(nameOf(path));

export function planUpload(sources: readonly Source[]): Plan {
  const wanted = sources.filter(({ path }) => !isLitter(path));
  const tables = wanted.filter(({ path }) => isTable(path));
  const bytes = wanted.reduce((sum, { file }) => sum + file.size, 0);
  const ignored = sources.length - wanted.length;
  if (tables.length > 0 && wanted.length <= WHOLE_FILES && bytes <= WHOLE_BYTES) {
    return { batches: [wanted], tables: [], bytes, ignored };
  }
  return { batches: batchesOf(wanted), tables, bytes, ignored };
}

function batchesOf(wanted: readonly Source[]): Source[][] {
  const batches: Source[][] = [];
  let open: Source[] = [];
  let size = 0;
  for (const source of wanted) {
    if (isTable(source.path)) continue;
    if (isArchive(source.path)) {
      batches.push([source]);
      continue;
    }
    if (open.length >= BATCH_FILES || (open.length > 0 && size + source.file.size > BATCH_BYTES)) {
      batches.push(open);
      open = [];
      size = 0;
    }
    open.push(source);
    size += source.file.size;
  }
  if (open.length > 0) batches.push(open);
  return batches;
}

/** All of it as one request, as a check needs it; null where that is too much for one. */
export function planWhole(sources: readonly Source[]): Source[] | null {
  const wanted = sources.filter(({ path }) => !isLitter(path));
  const bytes = wanted.reduce((sum, { file }) => sum + file.size, 0);
  return wanted.length <= WHOLE_FILES && bytes <= WHOLE_BYTES ? wanted : null;
}
