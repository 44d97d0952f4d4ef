/** The command line and its environment twins. */
import { describe, expect, test } from 'vitest';
import { type CommandLine, parseCommandLine } from '../../../gateway/config/command-line.ts';

const key = Buffer.alloc(32, 7);

function accepted(argv: readonly string[], environment: Record<string, string> = {}) {
  const line = parseCommandLine(argv, environment);
  if (!('options' in line)) throw new Error(`refused: ${JSON.stringify(line)}`);
  return line;
}

function problemOf(line: CommandLine): string {
  return 'problem' in line ? line.problem : '';
}

describe('what is accepted', () => {
  test('nothing but a command means the usual places, the usual control port and no overrides', () => {
    expect(accepted(['serve'])).toEqual({
      command: 'serve',
      options: {
        dataFolder: null,
        configFile: null,
        controlHost: '127.0.0.1',
        controlPort: 4284,
        json: false,
        handover: false,
        overrides: [],
      },
      secrets: { controlToken: null, dataKey: null },
    });
    expect(accepted(['start']).command).toBe('start');
  });

  test.each([
    [['serve', '--port', '0', '--data', 'd', '--config', 'c', '--control-port', '9', '--json']],
    [['--port=0', '--data=d', '--config=c', '--control-port=9', '--json', 'serve']],
  ])('a flag takes its value after a space or an equals sign, before or after the command: %j', (argv) => {
    const { options } = accepted(argv);
    expect(options).toMatchObject({ dataFolder: 'd', configFile: 'c', controlPort: 9, json: true });
    expect(options.overrides).toEqual([{ path: 'listen.port', value: 0, source: '--port' }]);
  });

  test('environment twins are read, and name themselves as the source', () => {
    const { options } = accepted(['serve'], {
      GATEHOUSE_PORT: '5000',
      GATEHOUSE_CONTROL_PORT: '5001',
      GATEHOUSE_DATA: '/d',
      GATEHOUSE_CONFIG: '/c.json',
    });
    expect(options).toMatchObject({ dataFolder: '/d', configFile: '/c.json', controlPort: 5001 });
    expect(options.overrides).toEqual([{ path: 'listen.port', value: 5000, source: 'GATEHOUSE_PORT' }]);
  });

  test('a flag wins over its variable', () => {
    const { options } = accepted(['serve', '--port', '1', '--data', 'flag'], {
      GATEHOUSE_PORT: 'nonsense',
      GATEHOUSE_DATA: 'env',
    });
    expect(options.overrides).toEqual([{ path: 'listen.port', value: 1, source: '--port' }]);
    expect(options.dataFolder).toBe('flag');
  });

  test('an empty variable counts as not set', () => {
    expect(accepted(['serve'], { GATEHOUSE_PORT: '', GATEHOUSE_DATA: '' }).options).toMatchObject({
      overrides: [],
      dataFolder: null,
    });
  });

  test.each(['127.0.0.1', 'localhost', '::1', '[::1]'])('--host %s means loopback', (host) => {
    expect(accepted(['serve', '--host', host]).options.overrides).toEqual([
      { path: 'listen.host', value: '127.0.0.1', source: '--host' },
    ]);
    expect(accepted(['serve', `--control-host=${host}`]).options.controlHost).toBe('127.0.0.1');
  });

  test('token and data key come apart from the options, which may be logged', () => {
    const { options, secrets } = accepted(['serve'], {
      GATEHOUSE_CONTROL_TOKEN: 'canary-token',
      GATEHOUSE_KEY: `${key.toString('base64')}\n`,
    });
    expect(secrets).toEqual({ controlToken: 'canary-token', dataKey: key });
    expect(JSON.stringify(options)).not.toContain('canary-token');
  });

  test('--help and --version win over everything but a wrong flag', () => {
    const help = parseCommandLine(['-h'], { GATEHOUSE_PORT: 'nonsense' });
    expect(help).toMatchObject({ command: 'help', text: expect.stringContaining('--control-port') });
    expect(parseCommandLine(['serve', '--version'], {})).toEqual({ command: 'version' });
    expect(problemOf(parseCommandLine(['--help', '--hlep'], {}))).toContain('--hlep');
  });
});

describe('what is refused, in one sentence that names it', () => {
  test.each<[readonly string[], string]>([
    [[], 'start or serve'],
    [['run'], '"run"'],
    [['serve', 'now'], '"now"'],
    [['serve', '--prot', '1'], '--prot'],
    [['serve', '--prot=1'], '--prot'],
    [['serve', '-p', '1'], '-p'],
    [['serve', '--no-json'], '--no-json'],
    [['serve', '--json=yes'], '--json'],
    [['serve', '--port'], '--port'],
    [['serve', '--port='], '--port'],
    [['serve', '--port', '--json'], '--port'],
    [['serve', '--data', ''], '--data'],
    [['serve', '--port', '1', '--port', '2'], '--port'],
    [['serve', '--port', '65536'], '--port'],
    [['serve', '--port', '-1'], '--port'],
    [['serve', '--port', '4283.5'], '--port'],
    [['serve', '--port', '0x10'], '--port'],
    [['serve', '--port', '1e3'], '--port'],
    [['serve', '--control-port', '99999'], '--control-port'],
    [['serve', '--host', '0.0.0.0'], '--host'],
    [['serve', '--host', '192.168.1.4'], '--host'],
    [['serve', '--control-host', '::'], '--control-host'],
    [['serve', '--control-host', '127.0.0.1.evil.example'], '--control-host'],
  ])('%j', (argv, name) => {
    const problem = problemOf(parseCommandLine(argv, {}));
    expect(problem).toContain(name);
    expect(problem).toMatch(/^[^\n]+\.$/);
  });

  test.each<[Record<string, string>, string]>([
    [{ GATEHOUSE_PORT: 'http' }, 'GATEHOUSE_PORT'],
    [{ GATEHOUSE_CONTROL_PORT: '-1' }, 'GATEHOUSE_CONTROL_PORT'],
    [{ GATEHOUSE_KEY: '' }, 'GATEHOUSE_KEY'],
    [{ GATEHOUSE_KEY: Buffer.alloc(31).toString('base64') }, 'GATEHOUSE_KEY'],
    [{ GATEHOUSE_KEY: Buffer.alloc(33).toString('base64') }, 'GATEHOUSE_KEY'],
    [{ GATEHOUSE_KEY: key.toString('hex') }, 'GATEHOUSE_KEY'],
    [{ GATEHOUSE_CONTROL_TOKEN: '' }, 'GATEHOUSE_CONTROL_TOKEN'],
    [{ GATEHOUSE_CONTROL_TOKEN: 'two words' }, 'GATEHOUSE_CONTROL_TOKEN'],
    [{ GATEHOUSE_CONTROL_TOKEN: 'line\r\nbreak' }, 'GATEHOUSE_CONTROL_TOKEN'],
  ])('%j', (environment, name) => {
    expect(problemOf(parseCommandLine(['serve'], environment))).toContain(name);
  });

  test('a refused secret is not repeated in the refusal', () => {
    expect(problemOf(parseCommandLine(['serve'], { GATEHOUSE_KEY: 'canary' }))).not.toContain('canary');
    expect(problemOf(parseCommandLine(['serve'], { GATEHOUSE_CONTROL_TOKEN: 'canary token' }))).not.toContain('canary');
  });
});
