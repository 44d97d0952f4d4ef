/** Hands a text to the person as a file: the browser saves it, and the app asks where. */

export function saveFile(name: string, mediaType: string, text: string): void {
  const address = URL.createObjectURL(new Blob([text], { type: mediaType }));
  const link = document.createElement('a');
  link.href = address;
  link.download = name;
  link.click();
  // The download has begun with the click, though its bytes may be read a moment later.
  setTimeout(() => URL.revokeObjectURL(address), 60_000);
}
