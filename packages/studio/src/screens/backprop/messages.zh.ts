import type { BackpropMessages } from "./messages.en.ts";

export const zh: BackpropMessages = {
  title: "反向传播，一步一步",
};
