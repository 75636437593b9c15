-- Parts of Portugal, Germany and Italy that are taxed otherwise: who gave an address there before.
UPDATE party SET subdivision = CASE WHEN postcode ~ '^9[0-4]' THEN 'PT-30' ELSE 'PT-20' END
 WHERE jurisdiction = 'PT' AND subdivision = '' AND postcode ~ '^9';
UPDATE party SET subdivision = CASE postcode WHEN '78266' THEN 'DE-XBU' ELSE 'DE-XHG' END
 WHERE jurisdiction = 'DE' AND subdivision = '' AND postcode IN ('78266', '27498');
UPDATE party SET subdivision = CASE WHEN postcode LIKE '230%' THEN 'IT-XLI' ELSE 'IT-XCI' END
 WHERE jurisdiction = 'IT' AND subdivision = ''
   AND (postcode LIKE '230%' AND town ILIKE 'livigno%' OR postcode LIKE '220%' AND town ILIKE 'campione%');
