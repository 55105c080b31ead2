SELECT document, document_digest FROM developers WHERE handle = :handle AND state = 'published';
