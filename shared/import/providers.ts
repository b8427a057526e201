import { InputError } from '../errors.ts';
import { parseHttpUrl, withoutTrailingSlashes } from '../io/http/http-failures.ts';

/** A database that answers OPTIMADE queries. */
export interface OptimadeProvider {
  readonly id: string;
  readonly name: string;
  readonly baseUrl: string; // without version
  readonly pageLimit: number; // structures asked for at once; known to be allowed
  readonly licence: string | null; // of the data, as its providers state it; null = not known here
  readonly credit: string | null;
}

/** Base addresses from the list of https://providers.optimade.org and the index databases it names. */
const PROVIDERS: readonly OptimadeProvider[] = [
  {
    id: 'mp',
    name: 'The Materials Project',
    baseUrl: 'https://optimade.materialsproject.org',
    pageLimit: 500,
    licence: 'CC BY 4.0; entries that come from GNoME: CC BY-NC 4.0 (see https://materialsproject.org/about/terms)',
    credit: 'The Materials Project: A. Jain et al., APL Materials 1, 011002 (2013), doi:10.1063/1.4812323',
  },
  {
    id: 'oqmd',
    name: 'The Open Quantum Materials Database',
    baseUrl: 'https://oqmd.org/optimade',
    pageLimit: 100,
    licence: 'CC BY 4.0 (see https://oqmd.org)',
    credit: 'OQMD: S. Kirklin et al., npj Comput. Mater. 1, 15010 (2015), doi:10.1038/npjcompumats.2015.10',
  },
  {
    id: 'alexandria',
    name: 'Alexandria, PBE',
    baseUrl: 'https://alexandria.icams.rub.de/pbe',
    pageLimit: 100,
    licence: 'CC BY 4.0 (see https://alexandria.icams.rub.de)',
    credit: 'Alexandria: J. Schmidt et al., Adv. Mater. 35, 2210788 (2023), doi:10.1002/adma.202210788',
  },
  {
    id: 'cod',
    name: 'Crystallography Open Database',
    baseUrl: 'https://www.crystallography.net/cod/optimade',
    pageLimit: 100,
    licence: 'CC0 (see https://www.crystallography.net/cod)',
    credit: 'COD: S. Gražulis et al., Nucleic Acids Res. 40, D420 (2012), doi:10.1093/nar/gkr900',
  },
];

/** Ids of the providers that are known by name. */
export const PROVIDER_IDS: readonly string[] = PROVIDERS.map(({ id }) => id);

/**
 * A provider by its id, or one at a base address such as `https://example.org/optimade` (with or without `/v1` and
 * `/structures`).
 *
 * @throws {InputError} if it is neither
 */
export function findProvider(idOrUrl: string): OptimadeProvider {
  const known = PROVIDERS.find(({ id }) => id === idOrUrl);
  if (known !== undefined) return known;
  if (!idOrUrl.includes(':'))
    throw new InputError(
      `provider ${JSON.stringify(idOrUrl)} is not known`,
      {},
      `Give ${PROVIDER_IDS.join(', ')} or the base address of another one from https://providers.optimade.org.`,
    );
  const { origin, pathname, host } = parseHttpUrl(idOrUrl);
  const baseUrl = withoutTrailingSlashes(origin + pathname)
    .replace(/\/structures$/, '')
    .replace(/\/v1(\.\d+)*$/, '');
  return { id: host, name: host, baseUrl, pageLimit: 100, licence: null, credit: null };
}
