export const en = {
  title: "Microscope",
};

export type MicroscopeMessages = typeof en;
