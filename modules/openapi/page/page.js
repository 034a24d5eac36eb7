// Shows the description. Nothing is asked of other servers, and a credential is forgotten with the page.
SwaggerUIBundle({
  dom_id: '#page',
  url: 'openapi.json',
  deepLinking: true,
  docExpansion: 'list',
  displayRequestDuration: true,
  validatorUrl: null,
});
