// The servers as Debian ships them, each with the least configuration that serves a folder and logs what it answers.

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../support/package-root.js';

export type Scheme = 'http' | 'https';

/** What a configuration is made of. */
export interface Place {
  readonly scheme: Scheme;
  readonly port: number;
  /** The files to be served. */
  readonly site: string;
  /** The server's own: its configuration, its logs, its temporary files. */
  readonly folder: string;
  /** Lines `STATUS RANGE METHOD TARGET VERSION`; `-` for no Range. */
  readonly log: string;
}

export interface ServerKind {
  readonly name: string;
  readonly program: string;
  /** What must be there beside the program. */
  readonly modules: Readonly<Record<Scheme, readonly string[]>>;
  /** The Debian package that brings it. */
  readonly debian: Readonly<Record<Scheme, string>>;
  /** Ends the server when its answers are out and its log is written. */
  readonly stop: NodeJS.Signals;
  readonly configuration: (place: Place) => string;
  /** Arguments that keep it in the foreground, in one process. */
  readonly args: (configuration: string, place: Place) => readonly string[];
}

const tls = (name: string): string => join(packageRoot, 'fixtures', 'tls', name);
const CERTIFICATE = tls('valid.pem');
const KEY = tls('leaf.key');

const APACHE_MODULES = '/usr/lib/apache2/modules';
const LIGHTTPD_MODULES = '/usr/lib/lighttpd';

const nginx: ServerKind = {
  name: 'nginx',
  program: '/usr/sbin/nginx',
  modules: { http: [], https: [] },
  debian: { http: 'nginx', https: 'nginx' },
  stop: 'SIGQUIT',
  args: (configuration, { folder }) => ['-p', folder, '-e', join(folder, 'error.log'), '-c', configuration],
  configuration: ({ scheme, port, site, folder, log }) => `
daemon off;
master_process off;
pid ${folder}/pid;
error_log ${folder}/error.log;
events { worker_connections 256; }
http {
  log_format asked '$status $http_range $request';
  access_log ${log} asked;
  ${['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((name) => `${name}_temp_path ${folder}/${name};`).join(' ')}
  sendfile on;
  server {
    listen 127.0.0.1:${port}${scheme === 'https' ? ' ssl' : ''};
    ${scheme === 'https' ? `ssl_certificate ${CERTIFICATE}; ssl_certificate_key ${KEY};` : ''}
    root ${site};
  }
}
`,
};

const apache: ServerKind = {
  name: 'Apache httpd',
  program: '/usr/sbin/apache2',
  modules: {
    http: ['mpm_event', 'authz_core'].map(apacheModule),
    https: ['mpm_event', 'authz_core', 'ssl'].map(apacheModule),
  },
  debian: { http: 'apache2-bin', https: 'apache2-bin' },
  stop: 'SIGTERM',
  args: (configuration) => ['-X', '-f', configuration],
  configuration: ({ scheme, port, site, folder, log }) => `
ServerRoot ${folder}
ServerName localhost
DefaultRuntimeDir ${folder}
PidFile ${folder}/pid
ErrorLog ${folder}/error.log
${apache.modules[scheme].map((path) => `LoadModule ${/mod_(.*)\.so$/.exec(path)?.[1]}_module ${path}`).join('\n')}
# It serves nothing as root.
${process.getuid?.() === 0 ? 'User www-data\nGroup www-data' : ''}
Listen 127.0.0.1:${port}
LogFormat "%>s %{Range}i %r" asked
CustomLog ${log} asked
DocumentRoot ${site}
${scheme === 'https' ? `SSLEngine on\nSSLCertificateFile ${CERTIFICATE}\nSSLCertificateKeyFile ${KEY}` : ''}
`,
};

const lighttpd: ServerKind = {
  name: 'lighttpd',
  program: '/usr/sbin/lighttpd',
  modules: {
    http: [`${LIGHTTPD_MODULES}/mod_accesslog.so`],
    https: ['accesslog', 'openssl'].map((name) => `${LIGHTTPD_MODULES}/mod_${name}.so`),
  },
  debian: { http: 'lighttpd', https: 'lighttpd-mod-openssl' },
  stop: 'SIGINT',
  args: (configuration) => ['-D', '-m', LIGHTTPD_MODULES, '-f', configuration],
  configuration: ({ scheme, port, site, folder, log }) => `
server.modules = ( "mod_accesslog"${scheme === 'https' ? ', "mod_openssl"' : ''} )
server.bind = "127.0.0.1"
server.port = ${port}
server.document-root = "${site}"
# What has no type gets neither ETag nor Last-Modified.
mimetype.assign = ( "" => "application/octet-stream" )
server.errorlog = "${folder}/error.log"
server.upload-dirs = ( "${folder}" )
accesslog.filename = "${log}"
accesslog.format = "%s %{Range}i %r"
${scheme === 'https' ? `ssl.engine = "enable"\nssl.pemfile = "${CERTIFICATE}"\nssl.privkey = "${KEY}"` : ''}
`,
};

export const serverKinds: readonly ServerKind[] = [nginx, apache, lighttpd];

/** The Debian package that is missing; null when all is there. */
export function missingPackage({ program, modules, debian }: ServerKind, scheme: Scheme): string | null {
  if (![program, ...modules.http].every((path) => existsSync(path))) return debian.http;
  return modules[scheme].every((path) => existsSync(path)) ? null : debian[scheme];
}

function apacheModule(name: string): string {
  return `${APACHE_MODULES}/mod_${name}.so`;
}
