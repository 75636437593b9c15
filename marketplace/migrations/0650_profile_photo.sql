-- Whether everybody may see a photo is asked whenever one is fetched.
CREATE INDEX profile_photo ON profile (photo) WHERE photo <> '';
