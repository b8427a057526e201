/** The few calls that the tests make to services whose clients the project does not depend on. */

const REGION = 'us-east-1';
export const ACCOUNT = '123456789012'; // moto's

/** Calls of an account's services at one address. */
export class Services {
  private readonly url: string;

  constructor(url: string) {
    this.url = url;
  }

  /** A call in the query protocol (CloudFormation, IAM); the answer is XML. */
  async query(service: string, action: string, fields: Readonly<Record<string, string>>): Promise<string> {
    const body = new URLSearchParams({ Action: action, Version: VERSIONS[service], ...fields });
    return this.call(service, '/', { method: 'POST', body });
  }

  /** A call in the JSON protocol (EventBridge, SQS, SSM). */
  async json(service: string, target: string, fields: object): Promise<Record<string, unknown>> {
    const headers = { 'content-type': 'application/x-amz-json-1.1', 'x-amz-target': target };
    const text = await this.call(service, '/', { method: 'POST', body: JSON.stringify(fields), headers });
    return text === '' ? {} : JSON.parse(text);
  }

  /** A call in the REST protocol (Lambda). */
  async get(service: string, path: string): Promise<Record<string, unknown>> {
    return JSON.parse(await this.call(service, path, { method: 'GET' }));
  }

  private async call(service: string, path: string, init: RequestInit): Promise<string> {
    const authorization =
      `AWS4-HMAC-SHA256 Credential=operator/20260101/${REGION}/${service}/aws4_request, ` +
      'SignedHeaders=host, Signature=0';
    const headers = { ...(init.headers as Record<string, string>), authorization };
    const response = await fetch(this.url + path, { ...init, headers });
    const text = await response.text();
    if (!response.ok) throw new Error(`${service} answered ${response.status}: ${text}`);
    return text;
  }
}

const VERSIONS: Readonly<Record<string, string>> = { cloudformation: '2010-05-15', iam: '2010-05-08' };

/** Texts of every element of a name in XML that has no attributes that matter. */
export function elements(xml: string, name: string): string[] {
  return [...xml.matchAll(new RegExp(`<${name}>([^<]*)</${name}>`, 'g'))].map(([, text]) => unescapeXml(text));
}

function unescapeXml(text: string): string {
  const entities: Record<string, string> = { lt: '<', gt: '>', quot: '"', apos: "'", '#34': '"', '#39': "'" };
  return text.replace(/&(lt|gt|quot|apos|#34|#39);/g, (_, name: string) => entities[name]).replaceAll('&amp;', '&');
}
