/** How long a test waits for something to come about; only one that fails waits for so long. */
export const PATIENCE_MS = 20_000;
