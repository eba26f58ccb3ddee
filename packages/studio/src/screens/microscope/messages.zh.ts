import type { MicroscopeMessages } from "./messages.en.ts";

export const zh: MicroscopeMessages = {
  title: "显微镜",
};
