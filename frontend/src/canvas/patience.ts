// The server decodes one very large image at a time; whoever asks meanwhile asks again.

const BUSY = 503;
const PAUSE_MS = 1000;
const MOST_TRIES = 90;

/** The reply, once the server has time; null when it is not wanted any more. */
export async function fetchInTurn(url: string, wanted: () => boolean): Promise<Response | null> {
  for (let tries = 0; tries < MOST_TRIES && wanted(); tries += 1) {
    const reply = await fetch(url);
    if (reply.status !== BUSY) return reply;
    await new Promise((done) => setTimeout(done, PAUSE_MS));
  }
  return null;
}
