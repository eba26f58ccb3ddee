const en = {
  running: (url: string) => `The studio is at ${url}`,
  opened: (path: string) => `It begins with ${path}.`,
  local: "It answers to this machine only, and everything is computed in the browser.",
  stopHint: "Ctrl-C ends it.",
  notBuilt: "the studio is not here: it is made when the project is built",
  notBuiltHint: 'in a clone of the repository, run "npm run build"',
  cannotListen: (port: string, code: string) =>
    code === "EADDRINUSE" ? `port ${port} is taken` : `cannot serve on port ${port}: ${code}`,
  otherPort: "choose another with --port N, or leave it out and any free one is taken",
};

export type Studio = typeof en;

const zh: Studio = {
  running: (url) => `工作室的地址：${url}`,
  opened: (path) => `从 ${path} 开始。`,
  local: "它只对这台机器开放，一切都在浏览器中计算。",
  stopHint: "按 Ctrl-C 结束。",
  notBuilt: "工作室不在这里：它在构建项目时生成",
  notBuiltHint: "在代码仓库中运行 npm run build",
  cannotListen: (port, code) => (code === "EADDRINUSE" ? `端口 ${port} 已被占用` : `无法使用端口 ${port}：${code}`),
  otherPort: "用 --port N 另选一个，或去掉它，由程序任选一个空闲的",
};

export const studio = { en, zh };
