import { InputError } from '../shared/errors.ts';

/** A known vulnerability of a package that is locked. */
export interface Advisory {
  readonly id: string; // of the GitHub Advisory Database, such as GHSA-xq3m-2v4x-88gg
  readonly package: string;
  readonly severity: string;
  readonly title: string;
}

/** An advisory that is accepted for a while. */
export interface Waiver {
  readonly id: string;
  readonly package: string;
  readonly why: string; // why it does no harm here
  readonly until: string; // last day on which it holds, YYYY-MM-DD
}

/** What is to be said of the advisories of a tree. */
export interface Judgement {
  readonly open: readonly Advisory[]; // without a waiver that holds
  readonly waived: readonly Advisory[];
  readonly expired: readonly Waiver[];
  readonly idle: readonly Waiver[]; // no such advisory is known of the tree any more
}

/** Longest time that a waiver may hold from today: what does no harm now is looked at again. */
const LONGEST_DAYS = 180;

/**
 * Advisories in the report of `npm audit --json`, sorted. Packages that are affected only because they depend on others are left out.
 *
 * @throws {InputError} if it is no such report, as when the registry could not be asked
 */
export function parseAudit(json: string, file: string): Advisory[] {
  const report = parse(json, file) as { auditReportVersion?: number; vulnerabilities?: Record<string, Affected> };
  if (report.auditReportVersion !== 2 || typeof report.vulnerabilities !== 'object')
    throw new InputError('is no report of version 2 of npm audit', { file }, 'Use npm 7 to 11.');
  const found = Object.values(report.vulnerabilities).flatMap(({ via }) =>
    via.filter((each) => typeof each !== 'string'),
  );
  const advisories = found.map(({ url, name, severity, title }) => ({
    id: url.slice(url.lastIndexOf('/') + 1),
    package: name,
    severity,
    title,
  }));
  const byKey = new Map(advisories.map((each) => [`${each.package} ${each.id}`, each]));
  return [...byKey].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, each]) => each);
}

interface Affected {
  readonly via: readonly (string | { url: string; name: string; severity: string; title: string })[];
}

/**
 * The waivers of a file: a JSON list of {@link Waiver}.
 *
 * @param today YYYY-MM-DD
 * @throws {InputError} naming the waiver if it says not why, has no date, or holds for more than 180 days
 */
export function parseWaivers(json: string, file: string, today: string): Waiver[] {
  const list = parse(json, file);
  if (!Array.isArray(list)) throw new InputError('is no list', { file }, 'Write [] if nothing is waived.');
  const latest = dayAfter(today, LONGEST_DAYS);
  for (const [i, waiver] of (list as Partial<Waiver>[]).entries()) {
    const refuse = (problem: string, remedy: string): never => {
      throw new InputError(`waiver ${i + 1} (${waiver.id ?? 'without id'}) ${problem}`, { file }, remedy);
    };
    const missing = (['id', 'package', 'why', 'until'] as const).filter((name) => !waiver[name]?.trim());
    if (missing.length > 0)
      refuse(`has no ${missing.join(', ')}`, 'Every waiver says what, of which package, why and until when.');
    const until = waiver.until as string;
    if (!isDay(until)) refuse(`holds until ${JSON.stringify(until)}, which is no day`, 'Write it as 2027-01-31.');
    if (until > latest) refuse(`holds until ${until}`, `Look at it again by ${latest}, ${LONGEST_DAYS} days from now.`);
  }
  return list as Waiver[];
}

/** Which advisories are open, given the waivers of a day (YYYY-MM-DD). A waiver holds through its last day. */
export function judgeAdvisories(advisories: readonly Advisory[], waivers: readonly Waiver[], today: string): Judgement {
  const matches = (advisory: Advisory, waiver: Waiver) =>
    advisory.id === waiver.id && advisory.package === waiver.package;
  const holding = waivers.filter(({ until }) => until >= today);
  const isWaived = (advisory: Advisory) => holding.some((waiver) => matches(advisory, waiver));
  return {
    open: advisories.filter((each) => !isWaived(each)),
    waived: advisories.filter(isWaived),
    expired: waivers.filter(({ until }) => until < today),
    idle: holding.filter((waiver) => !advisories.some((advisory) => matches(advisory, waiver))),
  };
}

function parse(json: string, file: string): unknown {
  try {
    return JSON.parse(json);
  } catch (error) {
    throw new InputError(`is no JSON (${(error as Error).message})`, { file }, 'Look at what it says.');
  }
}

function isDay(text: string): boolean {
  const time = Date.parse(text);
  return !Number.isNaN(time) && new Date(time).toISOString().slice(0, 10) === text;
}

function dayAfter(day: string, days: number): string {
  return new Date(Date.parse(day) + days * 86_400_000).toISOString().slice(0, 10);
}
