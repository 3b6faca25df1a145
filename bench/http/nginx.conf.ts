/** A configuration of nginx with the replies that it can give by itself. */
export function toNginxConfig(port: number, folder: string, staticFolder: string): string {
  return `worker_processes 1; daemon off; pid ${folder}/nginx.pid; error_log ${folder}/error.log;
events { worker_connections 8192; }
http { access_log off; keepalive_requests 1000000; default_type application/octet-stream; types { text/css css; }
  client_body_temp_path ${folder}/body; proxy_temp_path ${folder}/proxy; fastcgi_temp_path ${folder}/fastcgi; uwsgi_temp_path ${folder}/uwsgi; scgi_temp_path ${folder}/scgi;
  server { listen 127.0.0.1:${port};
    location /users/ { default_type application/json; return 200 '{"id":42}'; }
    location /text { default_type text/plain; return 200 'Hello, World!'; }
    location /static/ { alias ${staticFolder}/; } } }`;
}
