/** Single changes to a question: of the request, of the policy, of how the world stands. */
import type { Counterfactual, DecidingFacts, TargetState } from '../../contract/decision.ts';
import type { Rule } from '../../contract/policy/rule.ts';
import { type Route, wholeRoute } from '../../contract/policy/route.ts';
import { compilePolicy } from '../policy/compile-policy.ts';
import type { PolicyDocument } from '../policy/compiled-policy.ts';
import type { Question } from '../judge-target.ts';
import type { DecisionFeatures, PolicyProvider } from '../question.ts';

/** Something that could be different. */
export interface Change {
  readonly about: Counterfactual['about'];
  /** In a clause that follows "if": `it had no tools`. */
  readonly words: string;
  readonly apply: (question: Question) => Question;
}

export interface TargetName {
  readonly provider: string;
  readonly model: string;
}

const isSame = (one: TargetName, provider: string, model: string) => one.provider === provider && one.model === model;

export function requestChange(words: string, features: Partial<DecisionFeatures>): Change {
  return { about: 'request', words, apply: (question) => ({ ...question, features: { ...question.features, ...features } }) };
}

export function stateChange(words: string, targets: readonly TargetName[], state: Partial<TargetState>): Change {
  return {
    about: 'state',
    words,
    apply: (question) => ({
      ...question,
      snapshot: {
        ...allOf(question),
        state: (provider, model) => {
          const now = question.snapshot.state(provider, model);
          return targets.some((one) => isSame(one, provider, model)) ? { ...now, ...state } : now;
        },
      },
    }),
  };
}

export function factsChange(words: string, target: TargetName, facts: Partial<DecidingFacts>): Change {
  return {
    about: 'state',
    words,
    apply: (question) => ({
      ...question,
      snapshot: {
        ...allOf(question),
        facts: (provider, model) => {
          const now = question.snapshot.facts(provider, model);
          return isSame(target, provider, model) ? { ...now, ...facts } : now;
        },
      },
    }),
  };
}

export function keyChange(id: string): Change {
  return {
    about: 'state',
    words: `the provider ${id} had a usable key`,
    apply: (question) => ({
      ...question,
      snapshot: {
        ...allOf(question),
        keyProblem: (provider) => (provider === id ? null : question.snapshot.keyProblem(provider)),
        state: (provider, model) => {
          const now = question.snapshot.state(provider, model);
          return provider === id && now.key !== 'none' ? { ...now, key: 'ready' } : now;
        },
      },
    }),
  };
}

export function turnChange(words: string, later: number): Change {
  return {
    about: 'state',
    words,
    apply: (question) => ({
      ...question,
      snapshot: { ...allOf(question), turn: (route) => question.snapshot.turn(route) + later },
    }),
  };
}

/** A snapshot may be an object of a class, whose methods a spread leaves behind. */
function allOf({ snapshot }: Question): Question['snapshot'] {
  return {
    listing: (model) => snapshot.listing(model),
    keyProblem: (provider) => snapshot.keyProblem(provider),
    missingDialects: (provider) => snapshot.missingDialects(provider),
    listProblems: () => snapshot.listProblems(),
    facts: (provider, model) => snapshot.facts(provider, model),
    state: (provider, model) => snapshot.state(provider, model),
    lastOfSession: (route, session) => snapshot.lastOfSession(route, session),
    turn: (route) => snapshot.turn(route),
    catalogVersion: () => snapshot.catalogVersion(),
  };
}

function documentChange(words: string, change: (document: PolicyDocument) => PolicyDocument): Change {
  return {
    about: 'policy',
    words,
    apply: (question) => ({ ...question, policy: compilePolicy(change(question.policy.document)) }),
  };
}

export function providerChange(words: string, id: string, changed: Partial<PolicyProvider>): Change {
  return documentChange(words, (document) => ({
    ...document,
    providers: document.providers.map((provider) => (provider.id === id ? { ...provider, ...changed } : provider)),
  }));
}

export function ruleChange(words: string, name: string, change: (rule: Rule) => Rule): Change {
  return documentChange(words, (document) => ({
    ...document,
    policy: { rules: document.policy.rules.map((rule) => (rule.name === name ? change(rule) : rule)) },
  }));
}

/** Moves a rule to just above another. */
export function ruleMove(name: string, above: string): Change {
  return documentChange(`the rule "${name}" stood above the rule "${above}"`, (document) => {
    const moved = document.policy.rules.filter((rule) => rule.name === name);
    const rest = document.policy.rules.filter((rule) => rule.name !== name);
    const place = rest.findIndex((rule) => rule.name === above);
    return { ...document, policy: { rules: rest.toSpliced(place, 0, ...moved) } };
  });
}

/** Changes the route of an alias or a rule by its id: `alias:fast`, `rule:code`. */
export function routeChange(words: string, id: string, change: (route: Route) => Route): Change {
  const name = id.slice(id.indexOf(':') + 1);
  if (id.startsWith('rule:')) {
    return ruleChange(words, name, (rule) => (rule.use === undefined ? rule : { ...rule, use: change(wholeRoute(rule.use)) }));
  }
  return documentChange(words, (document) => ({
    ...document,
    aliases: Object.fromEntries(
      Object.entries(document.aliases).map(([alias, route]) => [alias, alias === name ? change(route) : route]),
    ),
  }));
}

/** `alias:fast` as people say it. */
export function routeWords(id: string): string {
  const [kind = '', ...name] = id.split(':');
  return `the ${kind} "${name.join(':')}"`;
}
