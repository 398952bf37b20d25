// A picture that is loaded and decoded before it is put into the page.
import type { ItemPicture, LoadedPicture } from "./base";

export function loadPicture(picture: ItemPicture): LoadedPicture {
  const element = new Image();
  element.decoding = "async";
  element.draggable = false;
  element.src = picture.image_url;
  const loaded: LoadedPicture = { element, state: "loading", ready: Promise.resolve(false) };
  loaded.ready = element.decode().then(
    () => {
      loaded.state = "ready";
      return true;
    },
    () => {
      loaded.state = "failed";
      return false;
    },
  );
  return loaded;
}
