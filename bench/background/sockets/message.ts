/** The message that both servers send: its JSON has at most 125 bytes. */
export function createMessage(number: number): { readonly id: number; readonly text: string } {
  return { id: 100_000 + number, text: "Words of the length that messages in a chat often have." };
}

/** Bytes of each message. */
export const messageBytes = JSON.stringify(createMessage(0)).length;
